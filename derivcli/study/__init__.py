"""What a function does on whole intervals, curves and boxes, with proof."""
