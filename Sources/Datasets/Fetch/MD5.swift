/// The MD5 checksum: the one that the authors of the data sets published.
///
/// It finds damage, not malice.
///
/// - SeeAlso: Rivest, The MD5 Message-Digest Algorithm, RFC 1321.
public struct MD5: Sendable {
  private var state = SIMD4<UInt32>(0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476)
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  public init() {}

  /// Takes in more bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    length &+= UInt64(bytes.count)
    pending += bytes
    let whole = pending.count / 64 * 64
    guard whole > 0 else { return }
    pending.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: whole, by: 64) {
        digest(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]))
      }
    }
    pending.removeFirst(whole)
  }

  /// The checksum of everything taken in, as 32 lower-case hexadecimal digits.
  public consuming func finish() -> String {
    let last = pending + MessagePadding.bytes(after: length, bigEndian: false)
    last.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: buffer.count, by: 64) {
        digest(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]))
      }
    }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in 0..<4 {
      for byte in 0..<4 {
        let value = Int(truncatingIfNeeded: state[word] >> (8 * UInt32(byte))) & 255
        text += [digits[value >> 4], digits[value & 15]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The checksum of `bytes`.
  public static func hex(_ bytes: some Collection<UInt8>) -> String {
    var sum = MD5()
    sum.update(bytes)
    return sum.finish()
  }

  private mutating func digest(_ block: UnsafeRawBufferPointer) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for step in 0..<64 {
      let mix: UInt32
      let word: Int
      switch step >> 4 {
      case 0: (mix, word) = ((b & c) | (~b & d), step)
      case 1: (mix, word) = ((d & b) | (~d & c), (5 * step + 1) & 15)
      case 2: (mix, word) = (b ^ c ^ d, (3 * step + 5) & 15)
      default: (mix, word) = (c ^ (b | ~d), (7 * step) & 15)
      }
      // Safety: a block holds sixteen words of four bytes.
      let input = UInt32(
        littleEndian: block.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self))
      let sum = a &+ mix &+ Self.sines[step] &+ input
      let turn = Self.turns[(step >> 4) * 4 + (step & 3)]
      (a, d, c, b) = (d, c, b, b &+ (sum &<< turn | sum &>> (32 - turn)))
    }
    state &+= SIMD4(a, b, c, d)
  }

  /// How far each step of a round turns (RFC 1321, section 3.4).
  private static let turns: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

  /// `⌊2³² · |sin(step + 1)|⌋` (RFC 1321, section 3.4).
  private static let sines: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]
}
