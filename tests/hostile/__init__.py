"""A server that answers wrongly in each way of a table, over real sockets."""
