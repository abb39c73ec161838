import Archives
import ImageCodecs
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the members of a tar archive are filtered.
struct ArchiveSettings: Sendable {
  /// Which pictures are filtered; nil for all. The others stay as they are.
  var filter: PathFilter?
  /// The ending of the names of results, nil to keep theirs.
  var ending: String?
  /// Whether pictures that cannot be filtered stay in the archive, as they are.
  var keepsBadMembers = false

  /// Whether a member is a picture to be filtered: told by its name, as in folders.
  func takes(_ member: TarMember) -> Bool {
    member.isFile && FileFormat(fileExtension: member.name.fileExtension) != nil
      && filter?.refusal(of: member.name.bytes) == nil
  }
}

extension FilePath {
  /// Whether the name is that of a tar archive.
  var isArchive: Bool { fileExtension == "tar" }
}

extension Job.Input {
  /// Whether the name is that of a tar archive.
  var isArchive: Bool { path?.isArchive ?? false }
}

/// The first bytes of an input.
struct InputHead {
  var bytes: [UInt8] = []
  /// Those that cannot be read again.
  var taken: [UInt8] = []
}

extension OpenFile {
  /// Looks at the beginning of standard input.
  static func standardInputHead() -> InputHead {
    var bytes = [UInt8](repeating: 0, count: TarReader.headLength)
    let isSeekable = lseek(0, 0, SEEK_CUR) >= 0
    var count = 0
    while count < bytes.count {
      let read = bytes.withUnsafeMutableBytes { bytes in
        // What cannot be read fails again, and is told then.
        (try? Descriptor.read(0, into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])))
          ?? 0
      }
      if read == 0 { break }
      count += read
    }
    bytes = Array(bytes.prefix(count))
    if isSeekable { lseek(0, -off_t(count), SEEK_CUR) }
    return InputHead(bytes: bytes, taken: isSeekable ? [] : bytes)
  }
}
