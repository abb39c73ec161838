import ArgumentParser
import KernelLanguage
import Raster
import Text

/// A text file of options, named by `@file` among the words of a command line.
///
///     # for the web
///     --kernel gaussian:0.6
///     --kernel 3x3: 0,-1,0, -1,5,-1, 0,-1,0
///     --quality 85
///
/// An option a line, the rest of the line its value. Files of kernels, masks and colour profiles are
/// looked for beside the recipe.
struct Recipe {
  struct Line: Equatable {
    /// Counted from 1.
    let number: Int
    /// The option, and its value where it has one.
    let words: [String]
  }

  /// What is wrong with a line.
  enum Mistake: Error, Equatable {
    case noText
    case noOption(String)
    case unknownOption(String)
    case missingValue(String)
    case surplusValue(String)
    case tooLong
  }

  let name: String
  let lines: [Line]

  /// - Throws: `ValidationError` that names file and line.
  init(_ bytes: [UInt8], name: String, folder: FilePath) throws {
    self.name = name
    guard var text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw ValidationError("@\(name): \(Mistake.noText)")
    }
    // As some editors begin a text.
    if text.first == "\u{FEFF}" { text.removeFirst() }
    var lines: [Line] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let line = line.drop(while: \.isWhitespace).trimmedEnd
      if line.isEmpty || line.hasPrefix("#") { continue }
      do {
        var words = try Self.words(line)
        if ["-k", "--kernel"].contains(words[0]) {
          words[1] = Self.kernel(words[1], beside: folder)
        } else if words[0] == "--mask" || words[0] == "--profile" && words[1].contains(".") {
          words[1] = Self.file(words[1], beside: folder)
        }
        lines.append(Line(number: index + 1, words: words))
        if lines.count > Self.mostLines { throw Mistake.tooLong }
      } catch {
        throw ValidationError("\(name):\(index + 1): \(error)")
      }
    }
    self.lines = lines
  }

  /// Options of a recipe: more than there are kernels in a chain.
  fileprivate static let mostLines = 2000

  private static func words(_ line: Substring) throws(Mistake) -> [String] {
    let name = line.prefix { !$0.isWhitespace && $0 != "=" }
    guard name.hasPrefix("-"), name != "-", name != "--" else { throw .noOption(String(line)) }
    var value = line[name.endIndex...].drop(while: \.isWhitespace)
    if value.first == "=" { value = value.dropFirst().drop(while: \.isWhitespace) }
    let option = String(name)
    guard let isValued = options[option] else { throw .unknownOption(option) }
    if isValued {
      if value.isEmpty { throw .missingValue(option) }
      return [option, String(value)]
    }
    if !value.isEmpty { throw .surplusValue(option) }
    return [option]
  }

  private static func file(_ name: String, beside folder: FilePath) -> String {
    let isPlaced = name.hasPrefix("/") || name.hasPrefix("~") || name == "-"
    return isPlaced ? name : folder.appending(CommandWords.bytes(name)).argument
  }

  /// A kernel with its files beside the recipe.
  static func kernel(_ text: String, beside folder: FilePath) -> String {
    text.split(separator: ";", omittingEmptySubsequences: false).map { item in
      let word = item.drop(while: \.isWhitespace)
      let head = word.prefix { $0 != ":" }
      let isName = KernelCatalog.find(String(head.trimmedEnd)) != nil
      // Numbers are no files; a name with a dot or a slash is meant to be one.
      guard !isName, let first = word.first, first.isLetter || first == "." || first == "_",
        head.contains("/") || head.contains("."), Double(head.prefix { $0 != "," }) == nil
      else { return String(item) }
      return file(String(word), beside: folder)
    }.joined(separator: ";")
  }
}

extension Recipe {
  /// The options of `apply`, as its help lists them: whether they take a value.
  static let options: [String: Bool] = {
    var options: [String: Bool] = [:]
    for line in Apply.helpMessage(columns: 80).split(separator: "\n") where line.hasPrefix("  -") {
      let names = line.dropFirst(2).prefix { $0 != "<" }.prefixBeforeBlanks
      let isValued = line.dropFirst(2 + names.count).hasPrefix(" <")
      for name in names.split(separator: ",") {
        options[String(name.drop(while: \.isWhitespace))] = isValued
      }
    }
    for name in ["-h", "--help", "--version"] { options[name] = nil }
    return options
  }()

  /// The words with the options of recipes in the place of their names.
  ///
  /// - Throws: `ValidationError` for a recipe that cannot be read.
  static func expanded(_ words: [String]) throws -> (words: [String], recipes: [Recipe]) {
    if !words.contains(where: { $0.hasPrefix("@") }) { return (words, []) }
    var result: [String] = []
    var recipes: [Recipe] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" { return (result + [word] + rest, recipes) }
      // Pictures may begin with it: @2x.png.
      if word.hasPrefix("@"), word.count > 1, options[result.last ?? ""] != true,
        !FilePath(argument: word).isPictureName
      {
        let recipe = try Recipe(file: String(word.dropFirst()))
        recipes.append(recipe)
        result += recipe.lines.flatMap(\.words)
      } else {
        result.append(word)
      }
    }
    return (result, recipes)
  }

  private init(file name: String) throws {
    let path = FilePath(argument: name)
    let bytes: [UInt8]
    do {
      bytes = try OpenFile(path).contents(limit: 1 << 20)
    } catch {
      throw ValidationError("@\(name): \(error); a picture of this name is './@\(name)'")
    }
    try self.init(bytes, name: name, folder: path.parent)
  }

  /// What is wrong with a line by itself, where something is.
  var mistake: (any Error)? {
    for line in lines {
      let kernel = line.words[0] == "-k" || line.words[0] == "--kernel" ? [] : ["-k", "identity"]
      do {
        let parsed = try Apply.parseAsRoot(kernel + line.words) as? Apply
        if kernel.isEmpty { _ = try parsed?.kernels.stages() }
      } catch {
        return ValidationError("\(name):\(line.number): \(Apply.message(for: error))")
      }
    }
    return nil
  }
}

extension Substring {
  /// What stands before two blanks in a row.
  fileprivate var prefixBeforeBlanks: Substring {
    guard let blanks = firstRange(of: "  ") else { return trimmedEnd }
    return self[..<blanks.lowerBound]
  }

  fileprivate var trimmedEnd: Substring {
    var text = self
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}

extension FilePath {
  /// As a word of the command line.
  fileprivate var argument: String { CommandWords.text(bytes) }
}

extension Recipe.Mistake: CustomStringConvertible {
  var description: String {
    switch self {
    case .noText: "is no text; a recipe holds an option a line"
    case .noOption(let line):
      "\(quoted(line)) is no option; a line is an option and its value, as --kernel gaussian:2"
    case .unknownOption(let name):
      "there is no option '\(name.shortened())'"
        + (nearest(to: name, among: Recipe.options.keys.sorted())
          .map { "; did you mean '\($0)'?" } ?? "")
    case .missingValue(let name): "\(name) needs a value behind it"
    case .surplusValue(let name): "\(name) takes no value"
    case .tooLong: "a recipe has at most \(Recipe.mostLines) options"
    }
  }
}
