/// One picture to filter: where it comes from and where it goes.
struct Job: Hashable, Sendable {
  enum Input: Hashable, Sendable {
    case standardInput
    case file(FilePath)
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
  var description: String {
    switch self {
    case .standardInput: "standard input"
    case .file(let path): path.description
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
