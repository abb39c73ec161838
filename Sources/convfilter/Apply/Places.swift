import ArgumentParser
import ImageCodecs
import Raster

/// What the words of the command line say about inputs and outputs, in the order of `cp`.
struct Places: Equatable {
  enum Destination: Equatable {
    case standardOutput
    case file(FilePath)
    /// Made when the first picture is written into it.
    case folder(FilePath)
    case inPlace
  }

  static let dash = FilePath("-")

  var inputs: [FilePath]
  var destination: Destination

  /// - Parameters:
  ///   - words: the files of the command line, OUTPUT last unless `folder` or `inPlace` says it.
  ///   - listed: inputs from a list of names, or nil where no list was given.
  ///   - folder: the folder of `--output-dir`.
  ///   - hasName: whether results have names of their own, so that OUTPUT is their folder.
  ///   - status: what a name leads to.
  /// - Throws: `ValidationError` for words that make no sense together.
  init(
    words: [FilePath], listed: [FilePath]?, folder: FilePath?, inPlace: Bool,
    hasName: Bool = false, status: (FilePath) throws -> FileStatus.Kind?
  ) throws {
    if inPlace && folder != nil {
      throw ValidationError("--in-place and --output-dir exclude each other; drop one")
    }
    var words = words
    var last: FilePath?
    if !inPlace && folder == nil { last = words.popLast() }
    inputs = words + (listed ?? [])
    if words.isEmpty && listed == nil {
      throw ValidationError(
        last == nil
          ? "no picture is given; name INPUT and OUTPUT, files or folders, - for a pipe"
          : "OUTPUT is missing after '\(last!)'; name a file or folder, - for standard output, "
            + "or use --in-place")
    }
    if inputs.count(where: { $0 == Self.dash }) > 1 {
      throw ValidationError("standard input (-) can be read only once")
    }
    if inPlace {
      destination = .inPlace
    } else if let folder {
      destination = .folder(folder)
    } else if let last {
      destination = try Self.destination(last, inputs, listed != nil, hasName, status)
    } else {
      throw ValidationError("OUTPUT is missing; name a file or a folder, or use --in-place")
    }
    try check(status)
  }

  private static func destination(
    _ last: FilePath, _ inputs: [FilePath], _ isListed: Bool, _ hasName: Bool,
    _ status: (FilePath) throws -> FileStatus.Kind?
  ) throws -> Destination {
    // A name that cannot be looked at fails later, when the others are done.
    let hasFolder = inputs.contains { $0 != dash && (try? status($0)) == .folder }
    if last == dash {
      if hasName {
        throw ValidationError(
          "standard output has no name; name a folder as OUTPUT, or drop --name")
      }
      if inputs.count != 1 || isListed || hasFolder {
        throw ValidationError("only one picture fits on standard output; name a folder as OUTPUT")
      }
      return .standardOutput
    }
    let kind = try status(last)
    if kind == .folder { return .folder(last) }
    guard inputs.count > 1 || isListed || hasFolder || last.endsInSlash || hasName else {
      return .file(last)
    }
    // The last of several pictures is hardly meant to become a folder.
    if kind != nil || last.isArchive || FileFormat(fileExtension: last.fileExtension) != nil {
      throw ValidationError(
        "'\(last)' is no folder, but \(hasName ? "--name wants one" : "several pictures are to go there"); "
          + "name a folder as the last word, or use --output-dir or --in-place")
    }
    return .folder(last)
  }

  /// The folder for the results, nil where there is none.
  var folder: FilePath? { if case .folder(let folder) = destination { folder } else { nil } }

  private func check(_ status: (FilePath) throws -> FileStatus.Kind?) throws {
    switch destination {
    case .folder(let folder):
      if let kind = try status(folder), kind != .folder {
        throw ValidationError("'\(folder)' is no folder; name another one")
      }
      if inputs.contains(Self.dash) {
        throw ValidationError("standard input (-) has no name; name a file as OUTPUT")
      }
    case .inPlace:
      if inputs.contains(Self.dash) {
        throw ValidationError("standard input (-) cannot be filtered in place; name files")
      }
    case .file, .standardOutput: break
    }
  }
}
