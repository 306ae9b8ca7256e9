"""What is told to a sender of a delivery, as files: tables, the report of its errors, its own workbook with marks."""
