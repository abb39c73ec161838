extension KnownDataset {
  /// Which files to put where, with their checksums, for who must fetch them by other means.
  ///
  /// - Parameter folder: the data folder.
  public func placementAdvice(in folder: String) -> String {
    guard let folderName else { return "\(name) is built in" }
    let files = downloads.map { "\n  \($0.md5)  \($0.name)  (\($0.size) bytes)" }.joined()
    let place =
      switch source {
      case .cifar: "unpack it, so that \(folder)/\(folderName)/ holds what is in it"
      default: "put them into \(folder)/\(folderName)/"
      }
    return "fetch these files elsewhere (MD5, name) and \(place):" + files + "\nfrom "
      + mirrors.map { $0 + "/" }.joined(separator: "\n  or ")
  }
}
