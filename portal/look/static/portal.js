// What a page does better with JavaScript; everything works without it.
"use strict";

(() => {
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content;

  // htmx 4 inherits no attributes unasked: the header is set here, on each request.
  document.addEventListener("htmx:config:request", (event) => {
    if (token()) event.detail.ctx.request.headers["X-CSRF-Token"] = token();
  });

  const sizeText = (bytes) =>
    bytes < 1024 ? `${bytes} B` : bytes < 1024000 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const listFiles = (zone, input) => {
    const list = zone.querySelector("[data-drop-list]");
    list.replaceChildren(
      ...Array.from(input.files, (file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}  ${sizeText(file.size)}`;
        return line;
      }),
    );
  };

  const dropZone = (zone) => {
    const input = zone.querySelector('input[type="file"]');
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("drop-over", on);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      const given = new DataTransfer();
      const dropped = Array.from(event.dataTransfer.files);
      (input.multiple ? dropped : dropped.slice(0, 1)).forEach((file) => given.items.add(file));
      input.files = given.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", () => listFiles(zone, input));
  };

  const copyButton = (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  };

  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  };

  const themeSwitch = (button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = theme;
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    });
  };

  const enhance = (root) => {
    const each = (selector, act) =>
      root.querySelectorAll(selector).forEach((element) => {
        if (element.dataset.enhanced) return;
        element.dataset.enhanced = "yes";
        act(element);
      });
    each("[data-drop]", dropZone);
    each("[data-copy]", copyButton);
    each("[data-theme-switch]", themeSwitch);
    each("[data-print]", (button) => {
      button.hidden = false;
      button.addEventListener("click", () => print());
    });
    each(".chart-latest", (svg) => {
      svg.parentElement.scrollLeft = svg.parentElement.scrollWidth;
    });
    each("[data-focus]", (element) => element.focus());
  };

  enhance(document);
  document.addEventListener("htmx:after:swap", () => enhance(document));
})();
