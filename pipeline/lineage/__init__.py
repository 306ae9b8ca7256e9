"""What a load read and wrote, told as OpenLineage: ``telling`` decides whether, when and to whom, ``events`` what."""
