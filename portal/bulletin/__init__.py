"""The monthly bulletin (通报) of a frozen month: read once as the caller, told in words, written as PDF or DOCX."""
