"""Files of text: bytes, encodings, lines, rows and headers, and the formats made of them."""
