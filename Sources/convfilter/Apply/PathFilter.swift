import ArgumentParser
import Raster

/// Which of the pictures that are found are taken: those that `--include` names, without those that
/// `--exclude` names.
struct PathFilter: Equatable, Sendable {
  /// All pictures, where there is none.
  var included: [Glob] = []
  var excluded: [Glob] = []

  /// - Throws: `ValidationError` for a pattern that is none.
  init(include: [String] = [], exclude: [String] = []) throws {
    included = try include.map { try Self.glob($0, of: "--include") }
    excluded = try exclude.map { try Self.glob($0, of: "--exclude") }
  }

  var takesAll: Bool { included.isEmpty && excluded.isEmpty }

  /// Why a picture is left out, or nil.
  ///
  /// - Parameter path: its name, relative to the folder that was given, or as it was given.
  func refusal(of path: [UInt8]) -> String? {
    if takesAll { return nil }
    // What excludes a folder excludes what is in it.
    for end in path.indices where path[end] == UInt8(ascii: "/") && end > 0 {
      if let refusal = refusal(ofFolder: Array(path[..<end])) { return refusal }
    }
    if let refusal = refusal(ofFolder: path) { return refusal }
    return included.isEmpty || included.contains { $0.matches(path) } ? nil : "--include"
  }

  /// Why a folder is not gone into, or nil.
  func refusal(ofFolder path: [UInt8]) -> String? {
    excluded.first { $0.matches(path) }.map { "--exclude \($0.text)" }
  }

  private static func glob(_ text: String, of option: String) throws -> Glob {
    do {
      return try Glob(text)
    } catch {
      throw ValidationError("\(option) '\(text.shortened())': \(error)")
    }
  }
}
