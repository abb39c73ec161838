/// What ends the message of a checksum that works on blocks of 64 bytes: a one, zeros, and the length.
///
/// - SeeAlso: RFC 1321, sections 3.1 and 3.2; FIPS 180-4, section 5.1.1.
enum MessagePadding {
  /// - Parameters:
  ///   - length: of the message, in bytes.
  ///   - bigEndian: which byte of the length in bits comes first.
  /// - Returns: as many bytes as make the message whole blocks.
  static func bytes(after length: UInt64, bigEndian: Bool) -> [UInt8] {
    let bits = length &* 8
    var bytes: [UInt8] = [0x80]
    bytes += [UInt8](repeating: 0, count: (119 - Int(length % 64)) % 64)
    return withUnsafeBytes(of: bigEndian ? bits.bigEndian : bits.littleEndian) { bytes + $0 }
  }
}
