"""What one can do: every verb of the product as a short function over a workspace."""
