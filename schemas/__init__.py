"""The shared language: data contracts, code lists, findings and errors. Imports nothing of ours."""
