/// An archive of tar: a header of 512 bytes, the file, zeros up to the next multiple of 512, and so on.
///
/// - SeeAlso: POSIX.1-2017, pax, section "ustar Interchange Format".
struct TarArchive {
  /// Regular files by their names, as they lie in `bytes`.
  private(set) var files: [String: Range<Int>] = [:]

  private static let block = 512

  /// - Parameter bytes: the archive, unpacked.
  /// - Throws: `DatasetError.unpackingFailed` for what is none, or is cut off.
  init(_ bytes: [UInt8], name: String) throws(DatasetError) {
    func field(_ start: Int, _ count: Int) -> ArraySlice<UInt8> {
      bytes[start..<start + count].prefix { $0 != 0 }
    }
    var start = 0
    while start + Self.block <= bytes.count, bytes[start] != 0 {
      // Numbers are octal digits, ended by a space or a zero.
      let digits = String(decoding: field(start + 124, 12), as: UTF8.self).split(separator: " ")
      guard let size = digits.first.flatMap({ Int($0, radix: 8) }), size >= 0,
        size <= bytes.count - start - Self.block
      else { throw .unpackingFailed(file: name, reason: "it is no whole tar archive") }
      let type = bytes[start + 156]
      let body = start + Self.block
      if type == 0 || type == UInt8(ascii: "0") {
        let prefix = String(decoding: field(start + 345, 155), as: UTF8.self)
        let file = String(decoding: field(start, 100), as: UTF8.self)
        files[prefix.isEmpty ? file : prefix + "/" + file] = body..<body + size
      }
      start = body + (size + Self.block - 1) / Self.block * Self.block
    }
    if start == 0 { throw .unpackingFailed(file: name, reason: "it is no whole tar archive") }
  }
}
