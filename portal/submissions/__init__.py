"""What insurers hand in: uploads, receipts, what was wrong with them, and what is to be done."""
