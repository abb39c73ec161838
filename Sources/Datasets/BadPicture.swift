/// A picture of a folder of which there is no image.
public struct BadPicture: Equatable, Sendable {
  public enum Kind: Sendable, CaseIterable {
    /// It is damaged, or no picture that is read.
    case unreadable
    /// To decode it takes more memory than it may.
    case tooLarge
  }

  public let file: String
  public let kind: Kind
  public let reason: String

  public init(file: String, kind: Kind, reason: String) {
    (self.file, self.kind, self.reason) = (file, kind, reason)
  }
}

extension BadPicture.Kind {
  /// All pictures of a kind, and what to do about them.
  func list(_ pictures: [BadPicture]) -> String {
    let (count, one) = (pictures.count, pictures.count == 1)
    let what =
      switch self {
      case .unreadable:
        "\(count) \(one ? "file is" : "files are") no readable picture; repair or remove "
          + "\(one ? "it" : "them"), or leave \(one ? "it" : "them") out with --skip-bad"
      case .tooLarge:
        "\(count) \(one ? "picture is" : "pictures are") larger than may be; make "
          + "\(one ? "it" : "them") smaller, leave \(one ? "it" : "them") out with --skip-bad, or, where "
          + "memory is the limit, grant more"
      }
    let shown = pictures.prefix(10).map { "\n  \($0.file): \($0.reason)" }.joined()
    return what + shown + (count > 10 ? "\n  and \(count - 10) more" : "")
  }
}
