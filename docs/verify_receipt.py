# ruff: noqa: INP001, PTH123, T201 - a script of its own, for any machine
"""核对回执 check a receipt offline, with Python 3.8+ alone: python verify_receipt.py BUNDLE.json YOUR_FILE... [--head HASH].

BUNDLE.json 由 `anze ledger export` 或网页导出 as exported; YOUR_FILE 按报送顺序 the files as sent, in their order;
--head 另处公布的链头 a head of the ledger that was published elsewhere. Exit code 0: all agrees, 1: something does not.
"""

import argparse
import hashlib
import json
import sys

START = "0" * 64


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fields(text):
    return dict(line.split("=", 1) for line in text.split("\n") if line)


def digest_of(path):
    found, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            found.update(block)
            size += len(block)
    return f"{found.hexdigest()} {size}"


def check(bundle, files, head):
    """Give (is right, Chinese, English) of each thing that was checked."""
    first, texts = bundle["position"], {int(n): text for n, text in bundle["texts"].items()}
    receipt = fields(texts[first])
    number = receipt.get("receipt_no") == bundle["receipt_no"] and receipt["kind"] == "receipt"
    yield number and (first > 1 or bundle["previous"] == START), "回执编号", "number of the receipt"
    sent = [receipt[name].rsplit(" ", 1)[0] for name in receipt if name.startswith("file.")]
    yield (
        [digest_of(path) for path in files] == sent,
        f"文件与回执 ({len(sent)} 个)",
        "files are those of the receipt",
    )
    own = all(
        0 <= n - first < len(bundle["text_sha256"])
        and fields(text).get("position") == str(n)
        and fields(text).get("batch_id") == receipt["batch_id"]
        and sha256(text) == bundle["text_sha256"][n - first]
        for n, text in texts.items()
    )
    yield own, f"存证原文 ({len(texts)} 条)", "texts of the entries"
    hashes = [bundle["previous"]]
    for digest in bundle["text_sha256"]:
        hashes.append(sha256(hashes[-1] + digest))
    last = {"position": first + len(hashes) - 2, "hash": hashes[-1]}
    yield last == bundle["head"], f"链到第 {last['position']} 条", "chain to the head"
    if head:
        yield head.lower() in hashes[1:], "另处公布的链头", "head that was published elsewhere"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--head")
    asked = parser.parse_args()
    try:
        with open(asked.bundle, encoding="utf-8") as file:
            results = list(check(json.load(file), asked.files, asked.head))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        results = [(False, f"无法读取:{error!r}", "cannot be read")]
    for is_right, chinese, english in results:
        print("相符 ok " if is_right else "不符 BAD", chinese, english, sep="  ")
    is_good = all(is_right for is_right, _, _ in results)
    print("结论:回执属实。 The receipt holds." if is_good else "结论:回执不符。 The receipt does NOT hold.")
    return 0 if is_good else 1


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
