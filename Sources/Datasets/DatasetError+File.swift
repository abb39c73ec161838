extension DatasetError {
  /// The same fault, with the file in which it was found.
  func inFile(_ name: String) -> DatasetError {
    .inFile(file: name, problem: description)
  }
}
