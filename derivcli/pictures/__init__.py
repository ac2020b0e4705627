"""What a formula looks like: scenes of plain numbers, and what draws them in files, terminals and pages."""
