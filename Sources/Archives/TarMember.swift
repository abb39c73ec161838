public import Raster

/// A member of a tar archive, with the bytes that describe it as they stand there.
///
/// - SeeAlso: POSIX.1-2017, pax, section "ustar Interchange Format"; GNU tar, "Basic Tar Format".
public struct TarMember: Sendable {
  public let name: FilePath
  /// Bytes of its content.
  public let size: Int
  /// Whether it is a regular file with all its bytes in the archive.
  public let isFile: Bool
  /// Its header, and those before it that say more of it: whole blocks.
  public let headers: [UInt8]
  /// Where its own header lies in them.
  let own: Int

  static let block = 512

  /// Bytes of zeros that follow `count` bytes up to a whole block.
  public static func padding(_ count: Int) -> Int { (block - count % block) % block }

  /// The headers of the same member with another content.
  ///
  /// - Parameters:
  ///   - size: bytes of the content (≥ 0).
  ///   - name: another name, nil for its own.
  public func headers(size: Int, name: FilePath? = nil) -> [UInt8] {
    var before = Array(headers[..<own])
    var header = TarHeader(headers[own...])
    header.size = size
    if let name, name != self.name {
      let isSaid: Bool
      (before, isSaid) = TarHeader.renamed(before, to: name.bytes)
      if !header.rename(name.bytes), !isSaid { before += TarHeader.longName(name.bytes) }
    }
    header.seal()
    return before + header.bytes + headers[(own + Self.block)...]
  }

  /// The zeros that end an archive of so many bytes: two blocks, then up to a record of twenty.
  public static func end(after count: Int) -> [UInt8] {
    let record = 20 * block
    let whole = count + 2 * block
    return [UInt8](repeating: 0, count: (whole + record - 1) / record * record - count)
  }
}
