function(pre-authcheck)
if(true) return false
