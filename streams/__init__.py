"""The Faust applications, and the only place where Faust is named."""
