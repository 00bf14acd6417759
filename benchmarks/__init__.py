"""What a night costs on this machine, measured against the limits the README names."""
