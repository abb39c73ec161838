import Libc
public import Raster

/// What is wrong with a tar archive.
public enum TarError: Error, Equatable {
  /// Not even the first header is one.
  case noArchive
  /// Bytes that are no header, behind a member (nil: at the beginning).
  case badHeader(after: FilePath?)
  /// It ends within a member.
  case cutOff(in: FilePath)
  /// It ends behind a member, without the zeros that end an archive.
  case noEnd(after: FilePath?)
  /// The description of a member is longer than any that is meant.
  case headerTooLarge(after: FilePath?)
  case readFailed(errno: Int32)
}

extension TarError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noArchive: "is no tar archive; unpack a compressed one into a pipe: gzip -dc x.tar.gz |"
    case .badHeader(let member):
      "is damaged \(Self.place(member)): what follows is no header of a member; make it anew"
    case .cutOff(let member): "is cut off within its member \(member); copy it again"
    case .noEnd(let member): "is cut off \(Self.place(member)): the end is missing; copy it again"
    case .headerTooLarge(let member):
      "is damaged \(Self.place(member)): what follows is described by more than a mebibyte"
    case .readFailed(let errno): "cannot be read: \(String(cString: strerror(errno)))"
    }
  }

  private static func place(_ member: FilePath?) -> String {
    member.map { "behind its member \($0)" } ?? "at its beginning"
  }
}
