import ImageCodecs

extension FileFormat {
  /// Every ending of file names, in lower case.
  static let allFileExtensions = Set(allCases.flatMap(\.fileExtensions))
}
