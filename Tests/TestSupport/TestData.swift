import Libc

/// Where the test data lie that are too large or not free enough for the repository.
public enum TestData {
  /// `CONVFILTER_TEST_DATA`, else `../shared/data` beside the package, else nil.
  public static let folder: String? = {
    if let path = getenv("CONVFILTER_TEST_DATA").map({ String(cString: $0) }) {
      return exists(path) ? path : nil
    }
    let beside = package + "/../shared/data"
    return exists(beside) ? beside : nil
  }()

  /// The folder of the package.
  public static let package: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// Whether the folder of test data is there; says so once where it is not.
  public static let isThere: Bool = {
    if folder == nil {
      print("skipped: no test data (set CONVFILTER_TEST_DATA to the folder that holds them)")
    }
    return folder != nil
  }()

  private static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
