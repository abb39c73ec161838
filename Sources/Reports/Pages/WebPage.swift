import Text

/// One page that needs no other file and asks no other machine for anything: markup, style and
/// scripts of this room, and data.
public struct WebPage: Sendable {
  /// Which page: the name of its markup and of its last script.
  public enum Kind: String, Sendable, CaseIterable {
    /// A filter and a picture.
    case filter
    /// A model and pictures that it sees.
    case model
  }

  public var title: String
  public let kind: Kind
  /// What the scripts read; texts in it are shown as texts, whatever they hold.
  public let data: JSON

  public init(_ kind: Kind, title: String, data: JSON) {
    (self.kind, self.title, self.data) = (kind, title, data)
  }

  /// The page.
  public var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <link rel="icon" href="data:,">
    <title>\(markup(title))</title>
    <style>
    \(Self.file("page.css"))</style>
    </head>
    <body>
    \(Self.file(kind.rawValue + ".html"))<script type="application/json" id="data">\(Self.inert(data))</script>
    \(kind.scripts.map { "<script>\n\(Self.file($0))</script>\n" }.joined())</body>
    </html>

    """
  }

  /// Nothing is fetched from anywhere, whatever a script tries.
  static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    + "base-uri 'none'; form-action 'none'"

  /// A file of the folder `Embedded`.
  static func file(_ name: String) -> String {
    guard let file = EmbeddedFiles.base64.first(where: { $0.name == name }) else {
      preconditionFailure("\(name) is not among the embedded files")
    }
    return String(decoding: Base64.decode(file.text), as: UTF8.self)
  }

  /// JSON that can stand in a page: no sign in it begins a tag or ends the script.
  static func inert(_ data: JSON) -> String {
    var text = ""
    // Only strings hold these signs, and there an escape means the same.
    for scalar in data.compact.unicodeScalars {
      switch scalar {
      case "<": text += "\\u003c"
      case ">": text += "\\u003e"
      case "&": text += "\\u0026"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension WebPage.Kind {
  /// In the order in which they run: each takes the names of those before it when it runs, and of all
  /// when something happens.
  fileprivate var scripts: [String] {
    switch self {
    case .filter:
      [
        "common.js", "windows.js", "weights.js", "engine.js", "ranks.js", "unsharp.js", "works.js",
        "local-normalization.js", "bilateral.js", "canny.js", "clahe.js", "difference.js",
        "filter-chain.js", "filter-pictures.js", "filter-arithmetic.js", "filter-picks.js",
        "filter-works.js", "filter-moving.js", "filter-kernel.js", "filter-windows.js",
        "filter-command.js", "filter.js",
      ]
    case .model:
      [
        "common.js", "packed.js", "model-network.js", "model-parts.js", "model-maps.js",
        "model-arithmetic.js", "model-moving.js", "model-sections.js", "model-answer.js",
        "model.js",
      ]
    }
  }
}
