import Datasets
import Testing

@Suite("MD5")
struct MD5Tests {
  /// RFC 1321, section A.5.
  @Test(
    "gives the checksums of RFC 1321",
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"),
      ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (
        String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"
      ),
    ])
  func vectors(text: String, sum: String) {
    #expect(MD5.hex(Array(text.utf8)) == sum)
  }

  @Test("does not depend on how the bytes are cut", arguments: [1, 55, 56, 63, 64, 65, 119, 120])
  func pieces(length: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var sum = MD5()
    for start in stride(from: 0, to: bytes.count, by: length) {
      sum.update(bytes[start..<min(start + length, bytes.count)])
    }
    #expect(sum.finish() == MD5.hex(bytes))
  }
}
