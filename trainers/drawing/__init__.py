"""Everything that is drawn for people: grids, sample sheets, progress curves, the live card's picture."""
