"""What in the body of a request is refused, or left open by the contract, and by which rule."""
