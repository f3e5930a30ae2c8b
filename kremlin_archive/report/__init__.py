"""What people look at: progress, counts, summaries."""
