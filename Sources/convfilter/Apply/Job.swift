import Raster

/// One picture to filter: where it comes from and where it goes.
struct Job: Hashable, Sendable {
  enum Input: Hashable, Sendable {
    case standardInput
    case file(FilePath)
    /// Of a tar archive, as it is shown.
    case member(FilePath, of: String)
  }

  enum Output: Hashable, Sendable {
    case standardOutput
    /// `makesFolders`: whether the folders that lead to it are made.
    case file(FilePath, makesFolders: Bool)
    /// The input itself, links followed.
    case inPlace(FilePath)
  }

  var input: Input
  var output: Output
}

extension Job.Input: CustomStringConvertible {
  /// The name of the file, nil for standard input.
  var path: FilePath? { if case .file(let path) = self { path } else { nil } }

  /// Whether the name is that of a tar archive.
  var isArchive: Bool { path?.isArchive ?? false }

  var description: String {
    switch self {
    case .standardInput: "standard input"
    case .file(let path): path.description
    case .member(let name, let archive): "\(archive): \(name)"
    }
  }
}

extension Job.Output: CustomStringConvertible {
  var description: String {
    switch self {
    case .standardOutput: "standard output"
    case .file(let path, _): path.description
    case .inPlace(let path): path.description
    }
  }
}

extension Job.Output {
  /// The name of the file, nil for standard output.
  var path: FilePath? {
    switch self {
    case .standardOutput: nil
    case .file(let path, _): path
    case .inPlace(let path): path
    }
  }
}
