"""How RocksDB is set up. What is shared bounds the memory of all partitions together."""

from __future__ import annotations

from rocksdict import (
    BlockBasedIndexType,
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Options,
    WriteBufferManager,
)

MIB = 1024 * 1024
CACHE = 192 * MIB  # blocks as they are read, with their indexes and filters
BUFFERS = 96 * MIB  # what is written and not flushed: also what a killed worker reads again
BUFFER = 16 * MIB  # of one partition
BLOCK = 8 * 1024  # a handful of rows: what one read decompresses
UNSORTED_FILES = 8  # are merged at a time: twice RocksDB's default, a third less CPU in recovery
OPEN_FILES = 128  # of one partition; each keeps a little memory outside the cache
BLOOM_BITS = 10  # a key that is new costs no read, but for one in a hundred


class Shared:
    """The cache and the write buffers of all databases of this process."""

    def __init__(self) -> None:
        self._cache = Cache(CACHE)
        self._buffers = WriteBufferManager(BUFFERS, False)

    def options(self) -> Options:
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_manager(self._buffers)
        options.set_write_buffer_size(BUFFER)
        options.set_max_write_buffer_number(3)
        options.set_level_zero_file_num_compaction_trigger(UNSORTED_FILES)
        options.set_max_background_jobs(2)
        options.set_max_open_files(OPEN_FILES)
        options.set_compression_type(DBCompressionType.lz4())
        options.set_level_compaction_dynamic_level_bytes(True)
        options.set_keep_log_file_num(2)
        options.set_block_based_table_factory(self._tables())
        return options

    def _tables(self) -> BlockBasedOptions:
        tables = BlockBasedOptions()
        tables.set_block_cache(self._cache)
        tables.set_block_size(BLOCK)
        tables.set_bloom_filter(BLOOM_BITS, False)
        # Indexes and filters in parts, in the cache: else they grow with the rows, unbounded.
        tables.set_index_type(BlockBasedIndexType.two_level_index_search())
        tables.set_partition_filters(True)
        tables.set_cache_index_and_filter_blocks(True)
        tables.set_pin_l0_filter_and_index_blocks_in_cache(True)
        tables.set_pin_top_level_index_and_filter(True)
        return tables
