extension KnownDataset {
  /// The data set whose files a folder holds, or nil.
  ///
  /// Others with the names of MNIST's files and labels of their own are read as MNIST is.
  public static func held(by folder: DataFolder) -> KnownDataset? {
    all.first {
      !$0.files.isEmpty && $0.missingFiles(in: folder).isEmpty && !$0.isAnother(in: folder)
    }
  }

  /// Sub-folders in which the files stand: ours, and those that other programs make.
  var usualNames: [String] {
    switch self {
    case .mnist: ["mnist", "MNIST/raw", "MNIST"]
    case .fashionMNIST: ["fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"]
    default: [folderName, name].compactMap { $0 }
    }
  }

  /// Whether the files are those of another data set with the same file names.
  ///
  /// The labels of the test set are small and tell.
  func isAnother(in folder: DataFolder) -> Bool {
    guard case .idx(_, let files) = source,
      let labels = try? contents(files.testLabels, in: folder, limit: 1 << 20).bytes
    else { return false }
    let sum = MD5.hex(labels)
    return KnownDataset.all.contains { other in
      guard other.name != name, case .idx(_, let theirs) = other.source else { return false }
      return theirs.testLabels.contentsMD5 == sum
    }
  }
}
