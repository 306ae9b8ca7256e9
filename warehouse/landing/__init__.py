"""What arrived: bytes by digest, receipts and batches, feeds and their cursors, decisions, editions, and reports about a batch."""
