"""The overview over the full screen. It loads textual, so only the command that shows it imports this."""
