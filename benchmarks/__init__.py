"""Speed and memory as ratios: what we do against the least that could do it, side by side in one run."""
