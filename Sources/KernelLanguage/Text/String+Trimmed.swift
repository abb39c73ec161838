extension String {
  /// Without blanks at either end.
  var trimmed: String {
    var text = Substring(self)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }

  /// What follows `key:`, nil where the text starts otherwise.
  func value(of key: String) -> String? {
    hasPrefix(key + ":") ? String(dropFirst(key.count + 1)).trimmed : nil
  }
}
