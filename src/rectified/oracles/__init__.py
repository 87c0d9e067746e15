"""Networks that another process keeps, and the functions that can only ask them."""
