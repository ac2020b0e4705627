"""How is it written shortest? A derivative in the form that one would hand in, with proof that it is the same."""
