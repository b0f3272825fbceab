"""The analyses behind the reviews' notebooks, a folder a review: from records and indicators to what findings hold."""
