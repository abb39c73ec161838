/// Distance between rows of `bytes` bytes in memory, in bytes: whole cache lines, so that every row
/// starts at one, and an odd number of them, so that the samples of a column do not compete for the
/// same few places of the cache.
public func rowPitch(_ bytes: Int) -> Int { ((bytes + 63) / 64 | 1) * 64 }
