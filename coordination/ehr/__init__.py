"""Every machine door: what the EHR and other programs call."""
