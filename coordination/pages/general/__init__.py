"""Pages that are about no patient: the theme, help, the design page, and what cannot be shown."""
