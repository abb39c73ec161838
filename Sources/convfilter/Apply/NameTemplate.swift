import ImageCodecs
import Raster
import Text

/// How results are called: `{folder}/{stem}-sharp.{ext}`.
///
///     {folder}  the folders between what was given and the picture      x/y
///     {name}    the name of the file                                    cat.png
///     {stem}    the same without its ending                             cat
///     {ext}     its ending (that of --format, where it is given)        png
///     {number}  its number in the order given, from 1, as many digits as the last has
///
/// `{{` and `}}` are braces. Nothing leads out of the folder of the results.
struct NameTemplate: Equatable, Sendable {
  enum Field: String, CaseIterable { case folder, stem, ext, name, number }

  enum Mistake: Error, Equatable {
    case empty
    case unknownField(String)
    case openBrace
    case closingBrace
    case leavesFolder
    case unknownEnding(String)
  }

  private enum Piece: Equatable {
    case text([UInt8])
    case field(Field)
  }

  let text: String
  private let pieces: [Piece]

  /// - Parameter hasFormat: whether the format is told by an option, whatever the ending.
  init(_ text: String, hasFormat: Bool) throws(Mistake) {
    self.text = text
    pieces = try Self.pieces(CommandWords.bytes(text))
    if pieces.isEmpty { throw .empty }
    let shape = pieces.flatMap { if case .text(let bytes) = $0 { bytes } else { Array("x".utf8) } }
    let parts = shape.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if shape.first == UInt8(ascii: "/") || parts.contains(Array("..".utf8)[...]) {
      throw .leavesFolder
    }
    if shape.last == UInt8(ascii: "/") { throw .empty }
    // An ending that is written out is known before any picture is.
    if !hasFormat, case .text(let last)? = pieces.last,
      let dot = last.lastIndex(of: UInt8(ascii: ".")), !last[dot...].contains(UInt8(ascii: "/"))
    {
      let ending = String(decoding: last[(dot + 1)...], as: UTF8.self)
      if FileFormat(fileExtension: ending) == nil { throw .unknownEnding(ending) }
    }
  }

  /// Whether the names depend on how many pictures there are and in which order.
  var isNumbered: Bool { pieces.contains(.field(.number)) }

  /// The name of a result, relative to its folder.
  ///
  /// - Parameters:
  ///   - path: the name that it would have without a template.
  ///   - number: that of the picture (≥ 1).
  ///   - total: how many pictures there are.
  func name(for path: FilePath, number: Int, of total: Int) -> FilePath {
    let name = path.lastComponent
    let folder = path.bytes.contains(UInt8(ascii: "/")) ? path.parent.bytes : []
    let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil }
    var bytes: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let text): bytes += text
      case .field(.folder): bytes += folder
      case .field(.name): bytes += name
      case .field(.stem): bytes += name[..<(dot ?? name.endIndex)]
      case .field(.ext):
        bytes += dot.map { Array(name[($0 + 1)...]) } ?? []
        // A name without an ending gets none.
        if dot == nil, bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
      case .field(.number):
        let digits = String(number).utf8
        bytes += Array(repeating: UInt8(ascii: "0"), count: max(0, "\(total)".count - digits.count))
        bytes += digits
      }
    }
    // No folder leaves no slash.
    let parts = bytes.split(separator: UInt8(ascii: "/"))
    return FilePath(bytes: Array(parts.joined(separator: [UInt8(ascii: "/")])))
  }

  private static func pieces(_ bytes: [UInt8]) throws(Mistake) -> [Piece] {
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var pieces: [Piece] = []
    var text: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == open || byte == close, rest.first == byte {
        text.append(byte)
        rest.removeFirst()
      } else if byte == open {
        guard let end = rest.firstIndex(of: close) else { throw .openBrace }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        guard let field = Field(rawValue: name) else { throw .unknownField(name) }
        if !text.isEmpty { pieces.append(.text(text)) }
        pieces.append(.field(field))
        (text, rest) = ([], rest[(end + 1)...])
      } else if byte == close {
        throw .closingBrace
      } else {
        text.append(byte)
      }
    }
    return text.isEmpty ? pieces : pieces + [.text(text)]
  }
}

extension NameTemplate.Mistake: CustomStringConvertible {
  var description: String {
    switch self {
    case .empty: "names no file; '{folder}/{stem}-sharp.{ext}' is a name"
    case .unknownField(let name):
      "there is no field {\(name)}; there are "
        + NameTemplate.Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        + (nearest(to: name, among: NameTemplate.Field.allCases.map(\.rawValue))
          .map { "; did you mean {\($0)}?" } ?? "")
    case .openBrace: "has '{' without '}'; write {{ for the character itself"
    case .closingBrace: "has '}' without '{'; write }} for the character itself"
    case .leavesFolder: "leads out of the folder of the results; name it with --output-dir"
    case .unknownEnding(let ending): "\(FileError.unknownEnding(ending))"
    }
  }
}
