import ArgumentParser

/// What `--page` may say.
enum PageNumber {
  /// - Throws: `ValidationError` for what is no number of a page.
  static func check(_ page: Int?) throws {
    if let page, page < 1 {
      throw ValidationError("--page \(page): pages are counted from 1")
    }
  }
}
