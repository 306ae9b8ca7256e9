"""What the regulators' console shows, read in schema ``report`` as the caller: figures, records behind them, lists."""
