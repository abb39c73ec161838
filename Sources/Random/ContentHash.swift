/// A number that tells contents apart from others, the same in every run and on every machine. It finds
/// what was edited, not malice.
public struct ContentHash: Sendable {
  public var value: UInt64 = 0xcbf2_9ce4_8422_2325

  @inlinable public init() {}

  /// Byte by byte.
  ///
  ///     h ← (h ⊕ byte) · p
  ///
  /// - SeeAlso: Fowler, Noll & Vo, FNV-1a, RFC 9923.
  @inlinable public init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Eight bytes at a time, then each byte of the rest as a word.
  @inlinable public init(words bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count / 8 * 8
    // Safety: each word lies within the bytes.
    for place in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    }
    for byte in bytes[whole...] { add(UInt64(byte)) }
  }

  ///     h ← (h ⊕ word) · p, turned by 29 bits
  @inlinable public mutating func add(_ word: UInt64) {
    let product = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
    value = product << 29 | product >> 35
  }
}
