import Archives
import ImageCodecs
import Raster

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
