"""Speed, memory and quality against stock tools, as ratios in one run."""
