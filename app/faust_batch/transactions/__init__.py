"""What a batch makes and its offset, in one transaction; and no word of a worker that was replaced.

A worker that was frozen while its partitions were given to another goes on, when it wakes, where
it was, and would write old rows over newer ones. Here each source partition has a transactional
id, which its owner takes over (`PartitionProducer.take_over`) before it reads any offset: that
ends what an earlier owner had begun, and the broker refuses whatever the earlier owner still
sends. Outputs of a batch (`outputs`) are collected and sent in a transaction (`writer`) together
with the offset after it, so who reads only what is committed sees each exactly once.

In place of faust/transport/consumer.py `TransactionManager`, which makes a producer with
connections of its own for each partition, sends offsets record by record, and lets the new owner
read offsets before the old one is fenced. aiokafka's producer (aiokafka/producer/sender.py) does
one request of a transaction after the other, waits up to 0.1 s between two of them, and says
nothing of the consumer's generation; here its client and its record batches are used, and its
requests (`requests`), but not that loop.
"""
