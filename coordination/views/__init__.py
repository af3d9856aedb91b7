"""The pages that span patients: one module for each screen."""
